/**
 * Who serves which request, and how many instances there are to be. Nothing here knows servlets, AWS, a clock or a thread:
 * time comes in through {@link io.lambdadispatch.router.engine.Clock}, later work leaves through
 * {@link io.lambdadispatch.router.engine.Scheduler}, invokes through
 * {@link io.lambdadispatch.router.engine.LambdaInvoker}. A test and the simulator run these very classes on a virtual clock.
 */
package io.lambdadispatch.router.engine;
