using System;
using System.Management.Automation;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Base;

/// <summary>The parameters that say how to reach servers, declared once.</summary>
public abstract class ConnectionCmdlet : PandoraSyncCmdlet
{
    /// <summary>The parameter set that names a server.</summary>
    protected const string ByComputerName = "ComputerName";

    /// <summary>The server's port, 1 to 65535; 41121 by default. A port written behind the host wins.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = TentacleLimits.DefaultPort;

    /// <summary>Carries the server's password; the user name does not matter.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>How long to wait for a connection and for each read or write, 0.1 to 3600 seconds; 10 by default.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0.1, 3600.0)]
    public double TimeoutSec { get; set; } = 10;

    /// <summary>How often a step that is safe to repeat is tried again, 0 to 100; 3 by default.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, 100)]
    public int RetryCount { get; set; } = 3;

    /// <summary>Makes the options for a server from the parameters as they are bound now.</summary>
    /// <param name="computerName">The host, with a port or without.</param>
    /// <exception cref="TentacleException">A parameter cannot be used.</exception>
    protected TentacleClientOptions MakeOptions(string computerName) => new(TentacleEndpoint.Parse(computerName, Port))
    {
        Password = Credential is { Password.Length: > 0 } credential ? TentaclePassword.FromSecureString(credential.Password) : null,
        Timeout = TimeSpan.FromSeconds(TimeoutSec),
        RetryCount = RetryCount,
    };
}
