/** How calls travel: through the relay, or directly. Pure. */

/** @import { RouteState, WireRoute } from './frames.js' */
/** @import { Route } from './types.js' */

/** @param {WireRoute} route as matched @returns {Route} */
export function beginningRoute({ state, relay_available, version }) {
  return { state, relayAvailable: relay_available, version };
}

/**
 * @param {Route} route
 * @param {Pick<RouteState, 'state' | 'version'>} news
 * @returns {Route | null} null: old news
 */
export function routeAfter(route, { state, version }) {
  return version > route.version ? { ...route, state, version } : null;
}
