BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
}

Describe 'Certificates' {
    It 'make a drain over mutual TLS a matter of five lines' {
        $folder = New-Folder; $buffer = New-Folder; $incoming = New-Folder
        [IO.File]::WriteAllText([IO.Path]::Combine($buffer, 'agent.1760000000.data'), 'measured')
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        $site = New-TentacleCertificate localhost, 127.0.0.1 -Issuer $ca -Role Server -OutputDirectory "$folder/site"
        $main = New-TentacleCertificate -CommonName main -Issuer "$folder/ca" -Role Client -OutputDirectory "$folder/main"
        $server = $site | Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        $result = $main | Invoke-PandoraSync "127.0.0.1:$($server.Port)" -Destination $incoming
        $result.Succeeded | Should -BeTrue
        [IO.File]::ReadAllText([IO.Path]::Combine($incoming, 'agent.1760000000.data')) | Should -BeExactly 'measured'
        $steps = Test-TentacleServer 127.0.0.1 -Port $server.Port -CaPath $ca.CertificatePath
        $steps.Step | Should -Be 'Name', 'Port', 'TLS', 'Authentication'
        $steps[3].Detail | Should -BeLike '*client certificate*'
        Stop-TentacleServer $server
    }

    It 'are not overwritten without -Force, nor written with -WhatIf, and keep their key when renewed' {
        $folder = New-Folder
        New-TentacleCertificate -Authority -OutputDirectory "$folder/ca" -WhatIf | Should -BeNullOrEmpty
        [IO.Directory]::Exists("$folder/ca") | Should -BeFalse
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        { New-TentacleCertificate -Authority -CommonName other -OutputDirectory "$folder/ca" } | Should -Throw '*exists already and is not overwritten*'
        $old = New-TentacleCertificate site.example -Issuer $ca -OutputDirectory "$folder/site" -Days 10
        $new = New-TentacleCertificate -Renew "$folder/site" -Issuer $ca -OutputDirectory "$folder/site" -Force -Days 100
        $new.KeyFingerprint | Should -Be $old.KeyFingerprint
        $new.NotAfter | Should -BeGreaterThan $old.NotAfter
    }

    It 'can be ordered again and again, and say whether that changed anything' {
        $folder = New-Folder
        function Get-Hash { [IO.Directory]::GetFiles($folder, '*', 'AllDirectories') | Sort-Object | ForEach-Object { (Get-FileHash $_).Hash } }
        function New-Both([hashtable]$Site = @{}, [hashtable]$Authority = @{}) {
            $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca" @Authority
            $ca
            New-TentacleCertificate site.example, 127.0.0.1 -Role Server -Issuer $ca -OutputDirectory "$folder/site" @Site
        }
        $first = New-Both
        $before = Get-Hash
        $again = New-Both
        $again | Out-String | Should -Be ($first | Out-String)
        $first.HasChanged + $again.HasChanged | Should -Be $true, $true, $false, $false
        (New-Both -WhatIf).HasChanged | Should -Be $false, $false
        Get-Hash | Should -Be $before
        (New-Both @{ Force = $true }).KeyFingerprint[1] | Should -Not -Be $first[1].KeyFingerprint
        foreach ($other in @{ Name = 'other.example' }, @{ Role = 'Client' }, @{ KeyAlgorithm = 'Rsa2048' }, @{ CommonName = 'other' }, @{ Passphrase = New-Secret 'x' }) {
            $order = @{ Name = 'site.example', '127.0.0.1'; Role = 'Server'; Issuer = $first[0]; OutputDirectory = "$folder/site" }
            foreach ($key in $other.Keys) { $order.$key = $other.$key }
            { New-TentacleCertificate @order } | Should -Throw '*exists already and is not overwritten*' -Because "$($other.Keys) is another one"
        }
    }

    It 'are renewed with their key when an order is repeated in their last days, and have their authority as it is now' {
        $folder = New-Folder
        $null = New-TentacleCertificate -Authority -Days 400 -OutputDirectory "$folder/ca"
        function New-Site { New-TentacleCertificate site.example -Issuer "$folder/ca" -OutputDirectory "$folder/site" -WarningAction SilentlyContinue -WarningVariable script:warnings }
        $first = New-Site
        # As it is after a year: the same key and names, and 5 days left.
        $signer, $key = 'ca/cakey.pem', 'site/tentaclekey.pem' | ForEach-Object { $k = [Security.Cryptography.ECDsa]::Create(); $k.ImportFromPem([IO.File]::ReadAllText("$folder/$_")); $k }
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=site.example', $key, 'SHA256')
        $names = [Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
        $names.AddDnsName('site.example')
        $request.CertificateExtensions.Add($names.Build())
        $aged = $request.Create('CN=PandoraSync authority', [Security.Cryptography.X509Certificates.X509SignatureGenerator]::CreateForECDsa($signer), [datetimeoffset]::Now.AddDays(-360), [datetimeoffset]::Now.AddDays(5), [byte[]] (1..8))
        [IO.File]::WriteAllText("$folder/site/tentaclecert.pem", "$($aged.ExportCertificatePem())`n")
        $renewed = New-Site
        $renewed.HasChanged, $renewed.KeyFingerprint | Should -Be $true, $first.KeyFingerprint
        $renewed.NotAfter | Should -BeGreaterThan ([datetime]::Now.AddDays(300))
        (New-Site).HasChanged | Should -BeFalse

        $null = New-TentacleCertificate -Renew "$folder/ca" -OutputDirectory "$folder/ca" -Force -Days 4
        [IO.File]::WriteAllText("$folder/site/tentaclecert.pem", "$($aged.ExportCertificatePem())`n")
        (New-Site).HasChanged | Should -BeTrue -Because 'its cacert.pem is the authority as it was'
        "$warnings" | Should -BeLike "The certificate 'CN=site.example' in '*' ends on *, and so does its authority: renew that first."
        [IO.File]::ReadAllText("$folder/site/cacert.pem") | Should -BeExactly ([IO.File]::ReadAllText("$folder/ca/cacert.pem"))
        (New-Site).HasChanged | Should -BeFalse
    }

    It 'have to be trusted on purpose' {
        $folder = New-Folder
        $ca = New-TentacleCertificate -Authority -OutputDirectory "$folder/ca"
        $site = New-TentacleCertificate other.example -Issuer $ca -OutputDirectory "$folder/site"
        $server = Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port 0 -CertificatePath $site.CertificatePath -KeyPath $site.KeyPath
        $at = @{ ComputerName = '127.0.0.1'; Port = $server.Port; RetryCount = 0; ErrorAction = 'Stop' }
        { Get-TentacleFile @at -SkipHostNameCheck } | Should -Throw '*it must be said whom to trust*'
        { Get-TentacleFile @at -CaPath $ca.CaPath } | Should -Throw '*127.0.0.1*'
        Get-TentacleFile @at -CaPath $ca.CaPath -SkipHostNameCheck | Should -BeNullOrEmpty
        Get-TentacleFile @at -Fingerprint $site.KeyFingerprint | Should -BeNullOrEmpty
        Get-TentacleFile @at -SkipCertificateCheck | Should -BeNullOrEmpty
        Stop-TentacleServer $server
    }
}
