using System.Collections.Generic;
using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>Should: binds Pester's operators. Each is a parameter set, so that what is not Pester's does not bind.</summary>
[Cmdlet("Pester", "Should")]
public sealed class ShouldKeyword : PesterKeyword
{
    private readonly List<object?> actual = [];

    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? ActualValue { get; set; }

    [Parameter]
    public SwitchParameter Not { get; set; }

    [Parameter]
    public string? Because { get; set; }

    [Parameter(ParameterSetName = nameof(Be), Mandatory = true)]
    public SwitchParameter Be { get; set; }

    [Parameter(ParameterSetName = nameof(BeExactly), Mandatory = true)]
    public SwitchParameter BeExactly { get; set; }

    [Parameter(ParameterSetName = nameof(BeNullOrEmpty), Mandatory = true)]
    public SwitchParameter BeNullOrEmpty { get; set; }

    [Parameter(ParameterSetName = nameof(BeTrue), Mandatory = true)]
    public SwitchParameter BeTrue { get; set; }

    [Parameter(ParameterSetName = nameof(BeFalse), Mandatory = true)]
    public SwitchParameter BeFalse { get; set; }

    [Parameter(ParameterSetName = nameof(BeOfType), Mandatory = true)]
    public SwitchParameter BeOfType { get; set; }

    [Parameter(ParameterSetName = nameof(HaveCount), Mandatory = true)]
    public SwitchParameter HaveCount { get; set; }

    [Parameter(ParameterSetName = nameof(Match), Mandatory = true)]
    public SwitchParameter Match { get; set; }

    [Parameter(ParameterSetName = nameof(BeLike), Mandatory = true)]
    public SwitchParameter BeLike { get; set; }

    [Parameter(ParameterSetName = nameof(Contain), Mandatory = true)]
    public SwitchParameter Contain { get; set; }

    [Parameter(ParameterSetName = nameof(BeIn), Mandatory = true)]
    public SwitchParameter BeIn { get; set; }

    [Parameter(ParameterSetName = nameof(BeGreaterThan), Mandatory = true)]
    public SwitchParameter BeGreaterThan { get; set; }

    [Parameter(ParameterSetName = nameof(BeGreaterOrEqual), Mandatory = true)]
    public SwitchParameter BeGreaterOrEqual { get; set; }

    [Parameter(ParameterSetName = nameof(BeLessThan), Mandatory = true)]
    public SwitchParameter BeLessThan { get; set; }

    [Parameter(ParameterSetName = nameof(BeLessOrEqual), Mandatory = true)]
    public SwitchParameter BeLessOrEqual { get; set; }

    [Parameter(ParameterSetName = nameof(Exist), Mandatory = true)]
    public SwitchParameter Exist { get; set; }

    [Parameter(ParameterSetName = nameof(Throw), Mandatory = true)]
    public SwitchParameter Throw { get; set; }

    [Parameter(ParameterSetName = nameof(Be), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeExactly), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeOfType), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(HaveCount), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(Match), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeLike), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(Contain), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeIn), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeGreaterThan), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeGreaterOrEqual), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeLessThan), Position = 0, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(BeLessOrEqual), Position = 0, Mandatory = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? ExpectedValue { get; set; }

    [Parameter(ParameterSetName = nameof(Throw), Position = 0)]
    public string? ExpectedMessage { get; set; }

    [Parameter(ParameterSetName = nameof(Throw))]
    public string? ErrorId { get; set; }

    [Parameter(ParameterSetName = nameof(Throw))]
    public System.Type? ExceptionType { get; set; }

    [Parameter(ParameterSetName = nameof(Throw))]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => actual.Add(Unwrap(ActualValue));

    protected override void EndProcessing()
    {
        if (File.Current is not null)
            throw new PesterException("Should stands outside of a test or a step.");
        var because = Because is null ? string.Empty : $", because {Because}";
        if (Throw)
        {
            var error = ThrowAssertion.Check(this, PipedValue(), because);
            if (PassThru && error is not null)
                WriteObject(error);
            return;
        }

        // These take all that was piped as one list; the others look at one value.
        var value = actual is [var single] ? single : Be || BeExactly || BeNullOrEmpty || HaveCount || Contain ? actual.ToArray() : PipedValue();
        if (ShouldOperators.Holds(this, value, Unwrap(ExpectedValue)) == Not)
            throw new PesterException($"Expected {ShouldOperators.Show(value)} {(Not ? "not " : string.Empty)}to {ParameterSetName} {ShouldOperators.Show(ExpectedValue)}{because}.");
    }

    private object? PipedValue() => actual.Count == 1 ? actual[0] : throw new PesterException($"Should -{ParameterSetName} takes one value here, not {actual.Count}.");
}
