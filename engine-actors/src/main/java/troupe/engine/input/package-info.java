/** Keys as people name and type them. */
package troupe.engine.input;
