/** What operators read: one line when something changes, nothing per request. */
package io.lambdadispatch.router.log;
