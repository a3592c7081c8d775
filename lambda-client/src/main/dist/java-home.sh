# Sourced with $here set to the client's directory. Sets java, java_home, and archive: the options that let this Java start from
# the archived classes, if they were archived by this very build of it. No process is started for that: it is on the way of
# each cold start.

if [ -x "$here/java/bin/java" ]; then
  java_home=$here/java
elif [ -n "${JAVA_HOME:-}" ]; then
  java_home=$JAVA_HOME
else
  java_home=$(command -v java) || { echo "Lambda Dispatch: no java: set JAVA_HOME" >&2; exit 1; }
  java_home=$(dirname "$(dirname "$(readlink -f "$java_home")")")
fi
java=$java_home/bin/java

made_by='' this_java=''
{ IFS= read -rd '' made_by <"$here/archive/made-by"; } 2>/dev/null || true
{ IFS= read -rd '' this_java <"$java_home/release"; } 2>/dev/null || true
archive=()
if [ -n "$made_by" ] && [ "$made_by" = "$this_java" ]; then
  if [ -r "$here/archive/client.aot" ]; then
    # A cache that is damaged is an error to this JVM, though it starts all the same.
    archive=("-XX:AOTCache=$here/archive/client.aot" "-Xlog:aot*=off:stderr")
  elif [ -r "$here/archive/client.jsa" ]; then
    archive=("-XX:SharedArchiveFile=$here/archive/client.jsa")
  fi
fi
