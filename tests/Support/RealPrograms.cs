namespace PandoraSync.TestSupport;

/// <summary>The programs of Debian that tests run.</summary>
public static class RealPrograms
{
    /// <summary>The Tentacle client of the agent's package.</summary>
    public static RealProgram TentacleClient { get; } = new("tentacle_client", "pandorafms-agent");

    /// <summary>The monitoring agent.</summary>
    public static RealProgram PandoraAgent { get; } = new("pandora_agent", "pandorafms-agent");

    /// <summary>OpenSSL's command.</summary>
    public static RealProgram OpenSsl { get; } = new("openssl", "openssl");

    /// <summary>The runtime that stands in for Windows PowerShell's.</summary>
    public static RealProgram Mono { get; } = new("mono", "mono-runtime");

    /// <summary>Traces system calls.</summary>
    public static RealProgram Strace { get; } = new("strace", "strace");

    /// <summary>An HTTP proxy with CONNECT.</summary>
    public static RealProgram TinyProxy { get; } = new("tinyproxy", "tinyproxy");

    /// <summary>Prometheus's checks.</summary>
    public static RealProgram PromTool { get; } = new("promtool", "prometheus");

    /// <summary>Runs playbooks.</summary>
    public static RealProgram AnsiblePlaybook { get; } = new("ansible-playbook", "ansible-core");

    /// <summary>Checks playbooks.</summary>
    public static RealProgram AnsibleLint { get; } = new("ansible-lint", "ansible-lint");

    /// <summary>What Ansible unpacks packages with.</summary>
    public static RealProgram Unzip { get; } = new("unzip", "unzip");

    /// <summary>Kubernetes's command.</summary>
    public static RealProgram KubeCtl { get; } = new("kubectl", "kubernetes-client");

    /// <summary>Who one is.</summary>
    public static RealProgram Id { get; } = new("id", "coreutils");
}
