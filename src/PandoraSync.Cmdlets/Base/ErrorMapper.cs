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
        return new ErrorRecord(error, IdOf(error), Category(kind), target)
        {
            ErrorDetails = new ErrorDetails(Problem(error)) { RecommendedAction = Advice(error) },
        };
    }

    /// <summary>The stable id: <c>Tentacle.</c> and the error's kind.</summary>
    public static string IdOf(Exception error) => $"Tentacle.{(error as TentacleException)?.Kind.ToString() ?? "Unexpected"}";

    /// <summary>What is wrong and where.</summary>
    public static string Problem(Exception error) => ErrorSentence.Of(error.Message).Problem;

    /// <summary>What a person can do: what the message itself says, or what helps with its kind of error.</summary>
    public static string Advice(Exception error) => (error as TentacleException)?.Advice ?? ErrorSentence.Of(error.Message).Action ?? General((error as TentacleException)?.Kind);

    private static string General(TentacleErrorKind? kind) => kind switch
    {
        TentacleErrorKind.NameNotFound => "Check the spelling of the host name and the name service, or give the address.",
        TentacleErrorKind.Unreachable => "Check address and port, that a Tentacle server listens there, and the firewalls in between. Test-TentacleServer shows how far a connection gets.",
        TentacleErrorKind.Timeout => "Check that the server has free connections (-c) and that it is a Tentacle server; give more time with -TimeoutSec.",
        TentacleErrorKind.Disconnected => "Try again; look into the server's log if it happens each time.",
        TentacleErrorKind.AuthenticationFailed => "Give the server's password with -Credential (the user name does not matter); leave it out where the server has none.",
        TentacleErrorKind.Protocol => "Check the port, and whether the server expects TLS.",
        TentacleErrorKind.Refused => "Look into the server's log: its own settings decide.",
        TentacleErrorKind.NotFound => "List the server's files with Get-TentacleFile.",
        TentacleErrorKind.NotAllowed => "Start the server with -I (insecure 1), which a buffer needs to be drained.",
        TentacleErrorKind.BadName => "Rename the file, or send it under another name (-NewName).",
        TentacleErrorKind.Changed => "Wait until whoever writes the file has finished, then try again.",
        TentacleErrorKind.LocalFile => "Check that the path exists and that this user may read and write it.",
        TentacleErrorKind.DiskFull => "Make room on that disk, then run again.",
        TentacleErrorKind.Address => "Choose another port or address, or stop the program that uses it.",
        TentacleErrorKind.Busy => "Wait until the other run has ended.",
        TentacleErrorKind.TooLarge => "Raise the limit if the content is what you expect.",
        TentacleErrorKind.Trust => "Compare what was presented with what you expect; the message says which rule failed.",
        TentacleErrorKind.Certificate => "Check the certificate, the key and the passphrase.",
        TentacleErrorKind.Configuration => "Correct that value, or leave it out.",
        TentacleErrorKind.Proxy => "Check the proxy's address, its rules and -ProxyCredential.",
        _ => "Run again with -Verbose and report the message.",
    };

    private static ErrorCategory Category(TentacleErrorKind? kind) => kind switch
    {
        TentacleErrorKind.NameNotFound or TentacleErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        TentacleErrorKind.Unreachable or TentacleErrorKind.Disconnected or TentacleErrorKind.Proxy => ErrorCategory.ConnectionError,
        TentacleErrorKind.Timeout => ErrorCategory.OperationTimeout,
        TentacleErrorKind.AuthenticationFailed => ErrorCategory.AuthenticationError,
        TentacleErrorKind.Protocol => ErrorCategory.ProtocolError,
        TentacleErrorKind.Refused or TentacleErrorKind.NotAllowed => ErrorCategory.PermissionDenied,
        TentacleErrorKind.BadName or TentacleErrorKind.Configuration => ErrorCategory.InvalidArgument,
        TentacleErrorKind.Changed => ErrorCategory.InvalidData,
        TentacleErrorKind.LocalFile => ErrorCategory.WriteError,
        TentacleErrorKind.DiskFull => ErrorCategory.ResourceUnavailable,
        TentacleErrorKind.Address or TentacleErrorKind.Busy => ErrorCategory.ResourceBusy,
        TentacleErrorKind.TooLarge => ErrorCategory.LimitsExceeded,
        TentacleErrorKind.Trust or TentacleErrorKind.Certificate => ErrorCategory.SecurityError,
        _ => ErrorCategory.NotSpecified,
    };
}
