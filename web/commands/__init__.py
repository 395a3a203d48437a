"""The commands of `yizhan`, one module a noun; `web.cli` opens them when they are called."""
