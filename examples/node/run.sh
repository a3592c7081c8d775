#!/bin/sh
# The function's handler: how the app is started.
exec node server.js
