/**
 * The router's settings: declared once in {@link io.lambdadispatch.router.config.SettingTable}, read once at start into an
 * immutable {@link io.lambdadispatch.router.config.RouterConfig}.
 */
package io.lambdadispatch.router.config;
