package troupe.diskio;

/** Whether the transfers of a disk go through the host's cache of file contents. */
public enum HostCache {
  USE,
  /** They do not where the image and the file system allow it; otherwise there is a warning. */
  BYPASS
}
