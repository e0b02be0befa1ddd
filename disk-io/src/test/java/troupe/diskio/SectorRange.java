package troupe.diskio;

/** Sectors one after the other. */
record SectorRange(long first, int count) {}
