using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PandoraSync.Protocol;

namespace PandoraSync.Sync;

/// <summary>
/// One worker's share of the sites, by rendezvous hashing: every worker works out alone, from the sites' names and the number of workers, who has which
/// site. Nobody coordinates them, and when a worker is added it takes its part of the sites from the others, which move no site among themselves.
/// </summary>
internal sealed record WorkerShare
{
    /// <summary>Most workers.</summary>
    public const int MostWorkers = 10_000;

    /// <summary>What a Kubernetes Job of completion mode Indexed sets: 0 for its first pod.</summary>
    public const string KubernetesIndex = "JOB_COMPLETION_INDEX";

    /// <summary>What a Slurm array sets: the task's number, and the numbers' least one, step and count.</summary>
    public const string SlurmIndex = "SLURM_ARRAY_TASK_ID";
    private const string SlurmFirst = "SLURM_ARRAY_TASK_MIN";
    private const string SlurmStep = "SLURM_ARRAY_TASK_STEP";
    private const string SlurmCount = "SLURM_ARRAY_TASK_COUNT";

    /// <summary>Makes a share.</summary>
    /// <param name="worker">The worker, from 1.</param>
    /// <param name="count">Of how many, 1 to 10,000.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public WorkerShare(int worker, int count)
        : this(worker, count, "-Worker")
    {
    }

    private WorkerShare(long worker, long count, string source)
    {
        if (count is < 1 or > MostWorkers)
            throw Wrong($"{count} workers are out of range: give -WorkerCount 1 to {MostWorkers}.");
        if (worker < 1 || worker > count)
            throw Wrong($"{source} says worker {worker}, but -WorkerCount says that there are {count}, numbered from 1: make both the same in all workers, or no site is drained by exactly one.");
        (Worker, Count) = ((int)worker, (int)count);
    }

    /// <summary>The worker, from 1.</summary>
    public int Worker { get; }

    /// <summary>Of how many.</summary>
    public int Count { get; }

    /// <summary>The share that is given by numbers, 0 where one is not given, or by the environment.</summary>
    /// <param name="worker">The worker, from 1; 0 for the one that the environment names.</param>
    /// <param name="count">How many workers there are; 0 for a run that is not shared.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <returns>Null for all sites.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: a worker without a count, or one outside it.</exception>
    public static WorkerShare? Read(int worker, int count, Func<string, string?> variable)
    {
        if (count > 0)
            return worker > 0 ? new WorkerShare(worker, count) : FromEnvironment(count, variable);
        return worker == 0 ? null : throw Wrong($"-Worker {worker} says nothing without -WorkerCount: give how many workers share the sites.");
    }

    /// <summary>The share of the worker that the environment names, as Kubernetes does for an indexed Job and Slurm for an array.</summary>
    /// <param name="count">How many workers there are.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: the environment names no worker, or one that the count does not have.</exception>
    public static WorkerShare FromEnvironment(int count, Func<string, string?> variable)
    {
        if (Read(variable, KubernetesIndex) is { } index)
            return new WorkerShare(index + 1, count, $"{KubernetesIndex} {index}");
        if (Read(variable, SlurmIndex) is not { } task)
            throw Wrong($"Which of {count} workers this one is, is not said: give -Worker 1 to {count}, or run it where {KubernetesIndex} (Kubernetes) or {SlurmIndex} (Slurm) is set.");
        var (first, step) = (Read(variable, SlurmFirst) ?? 0, Math.Max(1, Read(variable, SlurmStep) ?? 1));
        if (Read(variable, SlurmCount) is { } tasks && tasks != count)
            throw Wrong($"{SlurmCount} says {tasks} tasks, but -WorkerCount says {count} workers: start as many tasks as workers, or sites are left out.");
        return new WorkerShare(((task - first) / step) + 1, count, $"{SlurmIndex} {task}");
    }

    /// <summary>True if the site is this worker's.</summary>
    public bool Has(SyncSite site) => WorkerOf(site.FolderName, Count) == Worker;

    /// <summary>The sites that are this worker's, in their order.</summary>
    public IReadOnlyList<SyncSite> Of(IEnumerable<SyncSite> sites) => sites.Where(Has).ToList();

    /// <inheritdoc/>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "worker {0} of {1}", Worker, Count);

    /// <summary>The worker, from 1, whose score for a site is the highest.</summary>
    /// <param name="site">The site's name, the same for all spellings of its address, so that no two workers have it.</param>
    /// <param name="count">How many workers there are.</param>
    internal static int WorkerOf(string site, int count)
    {
        var hash = HashOf(site);
        var (best, bestScore) = (0, 0UL);
        for (var worker = 1; worker <= count; worker++)
        {
            var score = Mix(hash ^ Mix((ulong)worker));
            if (best == 0 || score > bestScore)
                (best, bestScore) = (worker, score);
        }

        return best;
    }

    /// <summary>FNV-1a, 64 bits: the same on every machine and runtime, which the runtime's own hash codes are not.</summary>
    private static ulong HashOf(string site) => Encoding.UTF8.GetBytes(site).Aggregate(14695981039346656037UL, (hash, b) => unchecked((hash ^ b) * 1099511628211UL));

    /// <summary>Spreads every bit over all others (the finisher of splitmix64).</summary>
    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15UL;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
            return x ^ (x >> 31);
        }
    }

    private static long? Read(Func<string, string?> variable, string name)
    {
        if (variable(name) is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong($"The environment variable {name} is '{TentacleText.Show(text)}', which is no number: correct it, or give -Worker.");
    }

    private static TentacleException Wrong(string message) => new(TentacleErrorKind.Configuration, message) { Step = "worker" };
}
