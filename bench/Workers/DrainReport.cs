using System.Collections.Generic;

namespace PandoraSync.Bench;

/// <summary>A drain by a worker.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Files">Files that have arrived.</param>
/// <param name="Failure">Why a site was not drained to its end; null if all were.</param>
/// <param name="PeakMegabytes">The most memory of the process.</param>
/// <param name="Tenths">Seconds from the start until each tenth of the files had arrived.</param>
internal sealed record DrainReport(double Seconds, long Files, string? Failure, double PeakMegabytes, IReadOnlyList<double> Tenths)
{
    /// <summary>Sites that were drained.</summary>
    public int Sites { get; init; }

    /// <summary>Seconds of a processor that the drain took.</summary>
    public double ProcessorSeconds { get; init; }
}
