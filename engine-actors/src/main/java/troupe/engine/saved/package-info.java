/** Saved states of VMs: what is in one, and its file. */
package troupe.engine.saved;
