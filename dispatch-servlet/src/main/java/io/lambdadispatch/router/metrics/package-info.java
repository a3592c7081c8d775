/** Figures of what the pools do, as Micrometer meters; who asks for them, and how, is the servlets' business. */
package io.lambdadispatch.router.metrics;
