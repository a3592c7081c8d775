[description]
A port for the operators of Lambda Dispatch: figures, state, readiness. It has neither TLS nor passwords, and listens on this
machine only, unless lambda.dispatch.AdminBindAddress says otherwise.

[tags]
lambda-dispatch
connector

[depend]
lambda-dispatch

[xml]
etc/lambda-dispatch-admin.xml

[ini]
lambda.dispatch.AdminPort?=5005
