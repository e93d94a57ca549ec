using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>BeforeDiscovery: runs now, in the scope where it stands.</summary>
[Cmdlet("Pester", "Discovery")]
public sealed class DiscoveryKeyword : PesterKeyword
{
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    protected override void EndProcessing()
    {
        _ = Reading;
        InvokeCommand.InvokeScript(useLocalScope: false, ScriptBlock, input: null);
    }
}
