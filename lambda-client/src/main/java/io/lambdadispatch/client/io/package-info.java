/** One I/O thread and one timer, and what gathers many small writes into few. Knows neither router nor app. */
package io.lambdadispatch.client.io;
