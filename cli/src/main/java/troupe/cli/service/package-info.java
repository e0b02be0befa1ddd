/** The daemon's side of the protocol that clients speak. */
package troupe.cli.service;
