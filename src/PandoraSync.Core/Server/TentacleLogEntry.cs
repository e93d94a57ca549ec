using System;

namespace PandoraSync.Server;

/// <summary>One thing that happened in a server.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Level">How important it is.</param>
/// <param name="Text">What happened, with the client's address; never a secret.</param>
internal sealed record TentacleLogEntry(DateTime Time, TentacleLogLevel Level, string Text);
