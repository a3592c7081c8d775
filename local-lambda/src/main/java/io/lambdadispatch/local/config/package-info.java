/** What a local-lambda is told at its start: the functions, and what the machine gives them. */
package io.lambdadispatch.local.config;
