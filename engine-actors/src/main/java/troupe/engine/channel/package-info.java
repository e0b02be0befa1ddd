/** What is at the other end of a VM's serial and parallel ports: files, sockets, the terminal. */
package troupe.engine.channel;
