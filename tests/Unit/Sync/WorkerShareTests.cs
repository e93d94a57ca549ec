using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Sync;

public class WorkerShareTests
{
    private static readonly string[] Sites = Enumerable.Range(0, 10_000).Select(i => $"10.{i / 250}.{i % 250}.10%3a41121").ToArray();

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(100)]
    public void Every_worker_has_about_as_many_sites(int count)
    {
        var shares = Sites.GroupBy(s => WorkerShare.WorkerOf(s, count)).ToDictionary(g => g.Key, g => g.Count());

        // A share is a binomial number: five standard deviations are never left by chance.
        var (mean, most) = (Sites.Length / (double)count, 5 * Math.Sqrt(Sites.Length / (double)count));
        Assert.Equal(Enumerable.Range(1, count), shares.Keys.Order());
        Assert.All(shares.Values, share => Assert.InRange(share, mean - most, mean + most));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(20)]
    public void A_worker_that_is_added_takes_its_part_and_no_other_site_moves(int count)
    {
        var moved = Sites.Where(s => WorkerShare.WorkerOf(s, count) != WorkerShare.WorkerOf(s, count + 1)).ToArray();

        var expected = Sites.Length / (double)(count + 1);
        Assert.InRange(moved.Length, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        Assert.All(moved, s => Assert.Equal(count + 1, WorkerShare.WorkerOf(s, count + 1)));
    }

    [Fact]
    public void The_shares_are_the_same_on_every_machine_and_in_every_version()
    {
        Assert.Equal("4 2 1 2 4 4 3 3", string.Join(" ", Sites.Take(8).Select(s => WorkerShare.WorkerOf(s, 4))));
    }

    [Fact]
    public void A_site_is_one_workers_however_its_address_is_spelled()
    {
        var spellings = new[] { "[fd00::1]:41121", "[FD00:0:0:0:0:0:0:1]", "fd00::0001" }.Select(Site).ToArray();
        var shares = Enumerable.Range(1, 7).Select(w => new WorkerShare(w, 7)).ToArray();

        Assert.Single(shares, share => share.Of(spellings).Count == 3);
        Assert.Equal(6, shares.Count(share => share.Of(spellings).Count == 0));
    }

    [Theory]
    [InlineData("0", null, null, null, 1)]
    [InlineData("7", null, null, null, 8)]
    [InlineData(null, "1", "1", null, 1)]
    [InlineData(null, "0", "0", "1", 1)]
    [InlineData(null, "30", "10", "10", 3)]
    public void Kubernetes_and_Slurm_say_which_worker_it_is(string? kubernetes, string? task, string? first, string? step, int worker)
    {
        Assert.Equal(worker, WorkerShare.FromEnvironment(8, Variables(kubernetes, task, first, step, "8")).Worker);
    }

    [Theory]
    [InlineData(null, null, null, "Which of 8 workers this one is")]
    [InlineData("8", null, null, "JOB_COMPLETION_INDEX 8 says worker 9, but -WorkerCount says that there are 8")]
    [InlineData("-1", null, null, "JOB_COMPLETION_INDEX is '-1', which is no number")]
    [InlineData(null, "9", "8", "SLURM_ARRAY_TASK_ID 9 says worker 9")]
    [InlineData(null, "1", "4", "SLURM_ARRAY_TASK_COUNT says 4 tasks, but -WorkerCount says 8")]
    public void What_cannot_be_the_number_of_a_worker_is_refused(string? kubernetes, string? task, string? count, string said)
    {
        var error = Assert.Throws<TentacleException>(() => WorkerShare.FromEnvironment(8, Variables(kubernetes, task, "1", null, count)));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(TentacleErrorKind.Configuration, error.Kind);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(5, 4)]
    [InlineData(1, 0)]
    [InlineData(1, 10_001)]
    public void A_number_outside_the_count_is_refused(int worker, int count)
    {
        Assert.Equal(TentacleErrorKind.Configuration, Assert.Throws<TentacleException>(() => new WorkerShare(worker, count)).Kind);
    }

    private static SyncSite Site(string address) => new(new TentacleClientOptions(TentacleEndpoint.Parse(address)));

    private static Func<string, string?> Variables(string? kubernetes, string? task, string? first, string? step, string? count)
    {
        var known = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["JOB_COMPLETION_INDEX"] = kubernetes,
            ["SLURM_ARRAY_TASK_ID"] = task,
            ["SLURM_ARRAY_TASK_MIN"] = first,
            ["SLURM_ARRAY_TASK_STEP"] = step,
            ["SLURM_ARRAY_TASK_COUNT"] = count,
        };
        return name => known.GetValueOrDefault(name);
    }
}
