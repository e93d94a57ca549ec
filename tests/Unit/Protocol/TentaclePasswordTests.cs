using System;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class TentaclePasswordTests
{
    [Theory]
    [InlineData("password", "9bf4b3611c53176f5c649aa4fc1ff6b2")]
    [InlineData("pässwörd 漢", null)]
    public void The_digest_is_the_MD5_of_the_raw_MD5(string text, string? known)
    {
        var independent = Convert.ToHexStringLower(MD5.HashData(MD5.HashData(Encoding.UTF8.GetBytes(text))));
        var line = Encoding.ASCII.GetString(TentacleCommand.Pass(TentaclePassword.FromText(text)).ToBytes());
        Assert.Equal($"PASS {known ?? independent}\n", line);
        Assert.Equal(independent, known ?? independent);
    }

    [Fact]
    public void A_secure_string_gives_the_same()
    {
        using var secure = new SecureString();
        foreach (var c in "pässwörd")
            secure.AppendChar(c);
        var password = TentaclePassword.FromSecureString(secure);
        Assert.True(TentaclePassword.FromText("pässwörd").Matches(password.Digest));
    }

    [Fact]
    public void Only_the_very_digest_matches()
    {
        var password = TentaclePassword.FromText("secret");
        var digest = password.Digest;
        Assert.True(password.Matches(digest));
        Assert.False(password.Matches(null));
        Assert.False(password.Matches(string.Empty));
        Assert.False(password.Matches(digest.ToUpperInvariant()));
        Assert.False(password.Matches(digest.Substring(1)));
        Assert.False(password.Matches(digest + digest));
        Assert.False(password.Matches(digest + "0"));
        for (var i = 0; i < digest.Length; i++)
        {
            var changed = digest.ToCharArray();
            changed[i] = changed[i] == '0' ? '1' : '0';
            Assert.False(password.Matches(new string(changed)));
        }
    }

    [Fact]
    public void Options_compare_by_their_password()
    {
        Assert.Equal(TentaclePassword.FromText("secret"), TentaclePassword.FromText("secret"));
        Assert.Equal(TentaclePassword.FromText("secret").GetHashCode(), TentaclePassword.FromText("secret").GetHashCode());
        Assert.NotEqual(TentaclePassword.FromText("secret"), TentaclePassword.FromText("Secret"));
        Assert.False(TentaclePassword.FromText("secret").Equals(null));
    }

    [Fact]
    public void An_empty_password_is_a_configuration_error()
    {
        Assert.Equal(TentacleErrorKind.Configuration, Assert.Throws<TentacleException>(() => TentaclePassword.FromText(string.Empty)).Kind);
        using var empty = new SecureString();
        Assert.Equal(TentacleErrorKind.Configuration, Assert.Throws<TentacleException>(() => TentaclePassword.FromSecureString(empty)).Kind);
    }
}
