using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class TentacleEndpointTests
{
    [Theory]
    [InlineData("site1", "site1", 41121, "site1:41121")]
    [InlineData(" site1.example.org ", "site1.example.org", 41121, "site1.example.org:41121")]
    [InlineData("10.142.50.10:41122", "10.142.50.10", 41122, "10.142.50.10:41122")]
    [InlineData("host:0", "host", 0, "host:0")]
    [InlineData("host:65535", "host", 65535, "host:65535")]
    [InlineData("::1", "::1", 41121, "[::1]:41121")]
    [InlineData("[::1]", "::1", 41121, "[::1]:41121")]
    [InlineData("[fe80::1]:5", "fe80::1", 5, "[fe80::1]:5")]
    public void It_reads_names_and_addresses_with_and_without_port(string text, string host, int port, string shown)
    {
        var endpoint = TentacleEndpoint.Parse(text);
        Assert.Equal(host, endpoint.Host);
        Assert.Equal(port, endpoint.Port);
        Assert.Equal(shown, endpoint.ToString());
        Assert.Equal(endpoint, TentacleEndpoint.Parse(shown));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":41121")]
    [InlineData("host:")]
    [InlineData("host:x")]
    [InlineData("host:-1")]
    [InlineData("host:65536")]
    [InlineData("host:99999999999")]
    [InlineData("a:b:c")]
    [InlineData("[::1")]
    [InlineData("[::1]5")]
    [InlineData("[]:5")]
    [InlineData("one two")]
    [InlineData("http://host")]
    [InlineData("one,two")]
    public void Anything_else_is_a_configuration_error_that_shows_the_text(string text)
    {
        var error = Assert.Throws<TentacleException>(() => TentacleEndpoint.Parse(text));
        Assert.Equal(TentacleErrorKind.Configuration, error.Kind);
        Assert.Contains("'", error.Message, System.StringComparison.Ordinal);
        Assert.False(error.CanRetry);
    }

    [Fact]
    public void A_default_port_may_be_another() => Assert.Equal(9, TentacleEndpoint.Parse("host", 9).Port);
}
