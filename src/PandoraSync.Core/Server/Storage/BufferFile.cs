using System;

namespace PandoraSync.Server.Storage;

/// <summary>A file of a buffer as it was when somebody looked.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Modified">When it was last written, UTC.</param>
internal sealed record BufferFile(string Path, long Bytes, DateTime Modified);
