#!/usr/bin/env bash
# What this machine still needs: says what is missing and what it is for, installs it with apt, does nothing when all is there.
#
#   scripts/setup.sh build           to compile: a C++ compiler, cmake and sqlite3 (PROJ and its database are built from source)
#   scripts/setup.sh build window    and to open the window
#   scripts/setup.sh build test      and to test the window without a display
set -euo pipefail

missing=()
# need PACKAGE WHAT-FOR TEST...: PACKAGE is missing unless TEST succeeds.
need() {
    local package=$1 purpose=$2
    shift 2
    if ! "$@" >/dev/null 2>&1; then
        missing+=("$package")
        printf '  %-24s %s\n' "$package" "$purpose" >&2
    fi
}
tool() { command -v "$1"; }
any_tool() {
    local name
    for name in "$@"; do command -v "$name" && return 0; done
    return 1
}
# The dynamic linker's list names what programs can load at run time.
library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -F "$1"; }
file_like() { compgen -G "$1" || compgen -G "${2:-$1}"; }

need_build() {
    need build-essential "C 与 C++ 编译器 / C and C++ compiler" any_tool c++ g++ clang++
    need build-essential "链接器 / linker" any_tool cc gcc clang
    need cmake "编译 PROJ（坐标转换）/ compiles PROJ (transforms)" tool cmake
    need sqlite3 "生成 PROJ 数据库 / makes PROJ's database" tool sqlite3
}
need_vulkan() {
    need libvulkan1 "绘图（Vulkan）/ drawing (Vulkan)" library libvulkan.so.1
}
need_window() {
    need libx11-6 "窗口 / window" library libX11.so.6
    need libx11-xcb1 "窗口 / window" library libX11-xcb.so.1
    need libxcursor1 "光标 / cursor" library libXcursor.so.1
    need libxi6 "鼠标与键盘 / mouse and keyboard" library libXi.so.6
    need libxrandr2 "显示器 / monitors" library libXrandr.so.2
    need libxkbcommon-x11-0 "键盘布局 / keyboard layouts" library libxkbcommon-x11.so.0
    if [ -n "${WAYLAND_DISPLAY:-}" ]; then
        need libwayland-client0 "窗口（Wayland）/ window (Wayland)" library libwayland-client.so.0
    fi
    need libegl1 "绘图（OpenGL）/ drawing (OpenGL)" library libEGL.so.1
    need libgl1-mesa-dri "绘图（OpenGL）/ drawing (OpenGL)" file_like '/usr/lib/*/dri/*.so' '/usr/lib/dri/*.so'
    need_vulkan
}
need_test() {
    need_vulkan
    need mesa-vulkan-drivers "无显示器时绘图（lavapipe）/ drawing without a display (lavapipe)" \
        file_like '/usr/share/vulkan/icd.d/lvp_icd*.json' '/etc/vulkan/icd.d/lvp_icd*.json'
}

if ! command -v cargo >/dev/null; then
    echo "缺少 Rust 1.95 或更高版本：https://rustup.rs / Rust 1.95 or later is missing: https://rustup.rs" >&2
    exit 1
fi
for group in "${@:-build}"; do
    case $group in
    build | window | test) "need_$group" ;;
    *)
        echo "scripts/setup.sh: build, window, test" >&2
        exit 2
        ;;
    esac
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
echo "以上系统软件包尚未安装 / The system packages above are missing." >&2

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if ! command -v apt-get >/dev/null; then
    echo "这不是 Debian/Ubuntu：请用本机的包管理器安装相应软件包，现在继续。" >&2
    echo "This is no Debian or Ubuntu: install what corresponds to them with your own package manager. Going on." >&2
    exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "需要管理员权限，请先运行 / Needs root; run first: ${install[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
    [ -t 0 ] || as_root=(sudo -n)
fi
echo "+ ${as_root[*]} ${install[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || echo "软件源未能更新，仍尝试安装 / The package lists could not be updated; trying anyway." >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" >&2
