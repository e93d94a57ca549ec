using System;

namespace PandoraSync.Native;

/// <summary>What a regular file is, at one moment.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">When it was last written, UTC.</param>
internal readonly record struct FileStatus(long Length, DateTime Modified);
