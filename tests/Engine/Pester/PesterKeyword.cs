using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>What the keywords have in common.</summary>
public abstract class PesterKeyword : PSCmdlet
{
    private protected PesterFile File => (PesterFile)SessionState.PSVariable.GetValue(PesterFile.StateVariable);

    private protected string Keyword => MyInvocation.InvocationName;

    /// <summary>The block that is being read.</summary>
    private protected PesterBlock Reading => File.Current ?? throw new PesterException($"{Keyword} stands inside of a test or a step.");

    /// <summary>The cases of -ForEach; one without a value where there is none.</summary>
    private protected IEnumerable<(bool HasCase, object? Item)> Cases(object[]? forEach) =>
        MyInvocation.BoundParameters.ContainsKey("ForEach") ? (forEach ?? []).Select(item => (true, Unwrap(item))) : [(false, null)];

    private protected static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
