/** The threads of the engine: one for each VM, with its attention flag. */
package troupe.engine.thread;
