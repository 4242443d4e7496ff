//! The right side of the precheck desk: whose site it is, the verdict card, the findings.

use super::{card, findings};
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::{Tokens, mono, size};
use crate::app::widgets::{paragraph, text};
use crate::model::{Cluster, ClusterFields, Role, Site};
use crate::text::word;
use egui::{Frame, Margin, RichText, ScrollArea, Ui};

pub fn show(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let Some(verdict) = state.verdict() else {
        without_verdict(ui, state);
        return;
    };
    site_head(ui, state, &verdict.site);
    body(ui, |ui| {
        card::show(ui, state, verdict, state.live.is_some());
        ui.add_space(12.0);
        findings::show(ui, state, verdict, ask);
        ui.add_space(12.0);
    });
}

/// The scrolling part of an inspector.
pub fn body(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 12, right: 12, top: 12, bottom: 4 }).show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui);
        });
    });
}

/// Name; id, applicant and industry on the second line.
pub fn site_head(ui: &mut Ui, state: &State, site: &Site) {
    let t = Tokens::of(ui);
    let shown = Frame::new().inner_margin(Margin { left: 16, right: 16, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.set_min_height(40.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let name = if site.name.is_empty() { word(state.lang, "app.unnamed") } else { &site.name };
        text(ui, name, size::TITLE, t.ink);
        let mut second: Vec<String> = [site.id.clone(), site.applicant.clone()].into_iter().filter(|p| !p.is_empty()).collect();
        second.extend(site.industry.as_ref().map(|i| format!("C{i}")));
        ui.add(egui::Label::new(RichText::new(second.join("\u{3000}")).font(mono(size::CAPTION)).color(t.ink3)).truncate());
    });
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
}

fn without_verdict(ui: &mut Ui, state: &State) {
    let t = Tokens::of(ui);
    let cluster = state.selected.zip(state.work.as_ref()).and_then(|(address, work)| {
        let contents = work.document.snapshot().contents;
        let layer = contents.layer(address.layer)?;
        let feature = layer.feature(address.feature)?;
        let record = feature.source_record().unwrap_or(0) as usize;
        let area = feature.shape().map_or(0.0, |s| s.area_m2());
        (layer.head.role == Role::Plan).then(|| (Cluster::read(feature, &ClusterFields::guess(&layer.fields), record), area))
    });
    super::head(ui, word(state.lang, if cluster.is_some() { "app.card.cluster" } else { "app.inspector.title" }), "", |_| {});
    body(ui, |ui| {
        if let Some(refused) = state.work.as_ref().and_then(|w| w.checked.refused.as_ref()) {
            paragraph(ui, refused.render(state.lang), size::BODY, t.ink2);
            return;
        }
        match cluster {
            Some((cluster, area_m2)) => cluster_card(ui, state, &cluster, area_m2),
            None => card::nothing_selected(ui, word(state.lang, "app.inspector.nothing")),
        }
    });
}

fn cluster_card(ui: &mut Ui, state: &State, cluster: &Cluster, m2: f64) {
    let t = Tokens::of(ui);
    crate::app::widgets::card(ui, |ui| {
        Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            paragraph(ui, &cluster.name, size::HEADING, t.ink);
            let grade = word(state.lang, cluster.grade(state.today).key());
            text(ui, format!("{grade}\u{3000}{}\u{3000}{}", cluster.district, cluster.id), size::SMALL, t.ink2);
            ui.add_space(8.0);
            text(
                ui,
                format!("{} km²\u{3000}{} {}", crate::text::area_km2(m2), crate::text::area_ha(m2), word(state.lang, "app.unit.ha")),
                size::BODY,
                t.ink,
            );
            if !cluster.leading.is_empty() {
                let words = format!("{} {}", word(state.lang, "industry.leading"), cluster.leading.join("、"));
                paragraph(ui, words, size::SMALL, t.ink2);
            }
        });
    });
}
