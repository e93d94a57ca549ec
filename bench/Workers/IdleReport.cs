namespace PandoraSync.Bench;

/// <summary>A stretch of a continuous run in which nothing comes.</summary>
/// <param name="Hours">How long it was by the run's clock.</param>
/// <param name="Turns">How often a site was called in it.</param>
/// <param name="ProcessorSeconds">Seconds of a processor that it took.</param>
/// <param name="Failure">Why a site was not drained; null if all were.</param>
internal sealed record IdleReport(double Hours, long Turns, double ProcessorSeconds, string? Failure);
