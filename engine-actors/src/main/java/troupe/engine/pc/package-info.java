/** Joins the engine to the 440BX PC of the board module. */
package troupe.engine.pc;
