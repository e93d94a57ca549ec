using System;

namespace PandoraSync.Sync.Continuous;

/// <summary>A line of a continuous run.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Level">How important it is.</param>
/// <param name="Text">What happened, in a sentence.</param>
/// <param name="Site">The site that it is about: <c>host:port</c>; null for none.</param>
/// <param name="Error">The error that it tells; null for none.</param>
internal sealed record SyncLogEntry(DateTime Time, SyncLogLevel Level, string Text, string? Site = null, Protocol.TentacleException? Error = null);
