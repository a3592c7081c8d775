/** Bodies and JSON, as all of the APIs here need them. */
package io.lambdadispatch.local.http;
