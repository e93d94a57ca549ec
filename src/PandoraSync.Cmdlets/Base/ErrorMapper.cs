using System;
using System.Management.Automation;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Turns this module's error into an error record: a stable id, the right category, and something that a person can do.</summary>
internal static class ErrorMapper
{
    /// <summary>Makes the record. What it shows says what is wrong, its recommended action what to do, and neither repeats the other.</summary>
    public static ErrorRecord ToRecord(Exception error, object? target)
    {
        var kind = (error as TentacleException)?.Kind;
        return new ErrorRecord(error, IdOf(error), ErrorGuide.Of(kind).Category, target)
        {
            ErrorDetails = new ErrorDetails(Problem(error)) { RecommendedAction = Advice(error) },
        };
    }

    /// <summary>The stable id: <c>Tentacle.</c> and the error's kind.</summary>
    public static string IdOf(Exception error) => $"Tentacle.{(error as TentacleException)?.Kind.ToString() ?? "Unexpected"}";

    /// <summary>What is wrong and where.</summary>
    public static string Problem(Exception error) => (error as TentacleException)?.Problem ?? ErrorSentence.Of(error.Message).Problem;

    /// <summary>What a person can do: what the message itself says, or what helps with its kind of error.</summary>
    public static string Advice(Exception error) => (error as TentacleException)?.Advice ?? ErrorSentence.Of(error.Message).Action ?? ErrorGuide.Of((error as TentacleException)?.Kind).Cure;
}
