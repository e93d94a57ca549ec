using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>BeforeAll, AfterAll, BeforeEach, AfterEach: notes the step.</summary>
[Cmdlet("Pester", "Step")]
public sealed class StepKeyword : PesterKeyword
{
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock Scriptblock { get; set; } = null!;

    protected override void EndProcessing() => Reading.Add(Keyword, Scriptblock);
}
