/** The least that Nacos' image starts with. */
export const environment = {
    MODE: "standalone",
    SPRING_DATASOURCE_PLATFORM: "mysql",
    MYSQL_SERVICE_HOST: "mysql.mysql.svc",
    MYSQL_SERVICE_DB_NAME: "nacos",
    MYSQL_SERVICE_USER: "nacos",
    MYSQL_SERVICE_PASSWORD: "secret",
    NACOS_AUTH_ENABLE: "true",
    NACOS_AUTH_TOKEN: Buffer.alloc(32, "k").toString("base64"),
    NACOS_AUTH_IDENTITY_KEY: "Server-Identity",
    NACOS_AUTH_IDENTITY_VALUE: "inside",
};
