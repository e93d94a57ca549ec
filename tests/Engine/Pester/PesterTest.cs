using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>An It, for one of its cases.</summary>
public sealed class PesterTest(string name, PesterBlock parent, ScriptBlock body, bool hasCase, object? item) : PesterItem(name, parent, hasCase, item)
{
    private readonly List<string> errors = [];
    private bool ended;

    public ScriptBlock Body { get; } = body;

    /// <summary>Null if it passed. A test that was never run to its end did not.</summary>
    public string? Failure => errors.Count > 0 ? string.Join("\n", errors) : ended ? null : "It was not run to its end; see the errors of its blocks.";

    public void Fail(object error) => errors.Add(Describe(error));

    public void End() => ended = true;

    /// <summary>Fails the test for errors that did not end it: Pester 5 and 6 differ in that with the caller's preference.</summary>
    public static void Refuse(object? output)
    {
        var values = output is IEnumerable list and not string ? list.Cast<object?>() : [output];
        foreach (var value in values)
        {
            if ((value is PSObject wrapped ? wrapped.BaseObject : value) is ErrorRecord error)
                throw new PesterException("An error was written: " + Describe(error));
        }
    }

    internal static string Describe(object error)
    {
        var record = (error is PSObject wrapped ? wrapped.BaseObject : error) as ErrorRecord;
        if (record is null)
            return error.ToString() ?? string.Empty;
        var cause = record.Exception is MethodInvocationException { InnerException: PesterException inner } ? inner : record.Exception;
        return $"{cause.Message} ({record.FullyQualifiedErrorId})\n{record.ScriptStackTrace}";
    }
}
