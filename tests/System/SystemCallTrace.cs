using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>What a shell asked of the system, in order, made by Debian's strace.</summary>
internal sealed class SystemCallTrace
{
    private readonly List<(string Text, int Began, int Ended)> _calls = [];

    private SystemCallTrace(IEnumerable<string> lines)
    {
        var unfinished = new Dictionary<string, (string Text, int Began)>(StringComparer.Ordinal);
        foreach (var (line, at) in lines.Select((line, at) => (line, at)))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (thread, text) = (line[..space], line[space..].Trim());
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
                unfinished[thread] = (text, at);
            else if (text.StartsWith("<...", StringComparison.Ordinal) && unfinished.Remove(thread, out var begun))
                _calls.Add((begun.Text + text, begun.Began, at));
            else
                _calls.Add((text, at, at));
        }
    }

    /// <summary>Runs a command in the shell.</summary>
    public static async Task<SystemCallTrace> OfAsync(string command, string traceFile)
    {
        var strace = RealPrograms.Strace;
        Assert.SkipWhen(strace.WhyMissing is not null, strace.WhyMissing ?? string.Empty);
        var result = await strace.RunAsync(["-f", "-y", "-s", "80", "-e", "trace=pwrite64,fsync,syncfs,renameat2,sendto,sendmsg", "-o", traceFile, Shell.Program, .. Shell.FirstArguments, "-Command", command], environment: Shell.Environment, limit: TimeSpan.FromMinutes(2));
        Assert.True(result.ExitCode == 0, result.ToString());
        return new SystemCallTrace(await File.ReadAllLinesAsync(traceFile));
    }

    /// <summary>Asserts that calls came one after the other: each began after the one before had ended.</summary>
    /// <param name="patterns">Regular expressions of the calls.</param>
    public void HasInOrder(params string[] patterns)
    {
        var after = -1;
        foreach (var pattern in patterns)
        {
            var found = Matching(pattern).Where(c => c.Began > after).OrderBy(c => c.Began).FirstOrDefault();
            Assert.True(found.Text is not null, $"No '{pattern}' after call {after} of:\n{string.Join('\n', _calls.Select(c => $"{c.Began}-{c.Ended} {c.Text}"))}");
            after = found.Ended;
        }
    }

    /// <summary>Asserts that all calls of one kind had ended before the first of another began.</summary>
    /// <param name="early">A regular expression of the ones.</param>
    /// <param name="late">A regular expression of the others.</param>
    public void HasAllBefore(string early, string late)
    {
        var (ones, others) = (Matching(early), Matching(late));
        Assert.NotEmpty(ones);
        Assert.NotEmpty(others);
        Assert.True(ones.Max(c => c.Ended) < others.Min(c => c.Began), $"'{late}' before the last '{early}'");
    }

    /// <summary>The number of calls that match.</summary>
    public int Count(string pattern) => Matching(pattern).Length;

    private (string Text, int Began, int Ended)[] Matching(string pattern) =>
        [.. _calls.Where(c => Regex.IsMatch(c.Text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))];
}
