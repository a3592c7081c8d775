/** The router's doors and the place where it is put together. Thin: decisions are the engine's, bytes the relay's. */
package io.lambdadispatch.router.servlet;
