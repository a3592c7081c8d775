# Sourced by each runtime's bootstrap: what AWS's own ones do around the start of a runtime.

cd "$LAMBDA_TASK_ROOT"
export PATH=$LOCAL_LAMBDA_OPT/bin:$PATH

# local-lambda holds the other end of standard input and never writes: its end is the end of local-lambda, even by SIGKILL. Then
# nobody else ends what runs here.
runtime_pid=$$
{ while read -r _; do :; done; kill -TERM $runtime_pid 2>/dev/null; sleep 1; kill -KILL $runtime_pid 2>/dev/null; } <&0 >/dev/null 2>&1 &

# start COMMAND…: by the wrapper script, if the function has one, which gets the command as its arguments.
start() {
  if [ -z "${AWS_LAMBDA_EXEC_WRAPPER:-}" ]; then
    exec "$@" </dev/null
  fi
  if [ ! -x "$AWS_LAMBDA_EXEC_WRAPPER" ]; then
    echo "AWS_LAMBDA_EXEC_WRAPPER: $AWS_LAMBDA_EXEC_WRAPPER is no executable file" >&2
    exit 127
  fi
  wrapper=$AWS_LAMBDA_EXEC_WRAPPER
  unset AWS_LAMBDA_EXEC_WRAPPER
  exec "$wrapper" "$@" </dev/null
}
