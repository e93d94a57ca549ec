using System;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>Describe and Context: reads the body once for each case.</summary>
[Cmdlet("Pester", "Describe")]
public sealed class DescribeKeyword : PesterKeyword
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock Fixture { get; set; } = null!;

    [Parameter]
    [AllowEmptyCollection]
    [AllowNull]
    public object[]? ForEach { get; set; }

    protected override void EndProcessing()
    {
        var outer = Reading;
        foreach (var (hasCase, item) in Cases(ForEach))
        {
            var block = new PesterBlock(Name, outer, hasCase, item);
            outer.Children.Add(block);
            File.Current = block;
            try
            {
                Fixture.InvokeWithContext(functionsToDefine: null, [.. block.Variables]);
            }
            finally
            {
                File.Current = outer;
            }
        }
    }
}
