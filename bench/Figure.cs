namespace PandoraSync.Bench;

/// <summary>Something measured besides a contender's rate: memory, round trips, a part of the run.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">What it counts: MB, KB, files/s.</param>
/// <param name="Value">The figure.</param>
internal sealed record Figure(string Name, string Unit, double Value);
