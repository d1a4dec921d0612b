"""The console: server-rendered pages for reading, deciding and exporting.

A page is a `Page` (method, path, handler) in the table of its room (`pages` of each module); the
handler takes a `Visit` and answers with a template. What keeps strangers out is in `gate`, one
login is in `entrance`, who is logged in in `sessions`. `frame` shows what was captured, always
in a sandbox.
"""
