using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>It: notes a test for each case.</summary>
[Cmdlet("Pester", "It")]
public sealed class ItKeyword : PesterKeyword
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock Test { get; set; } = null!;

    [Parameter]
    [Alias("TestCases")]
    [AllowEmptyCollection]
    [AllowNull]
    public object[]? ForEach { get; set; }

    protected override void EndProcessing()
    {
        if (Reading.Parent is null)
            throw new PesterException($"The test '{Name}' stands outside of Describe.");
        foreach (var (hasCase, item) in Cases(ForEach))
            Reading.Children.Add(new PesterTest(Name, Reading, Test, hasCase, item));
    }
}
